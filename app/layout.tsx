import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import './globals.css'
import { Footer } from './layout/footer.tsx'
import { Header } from './layout/header.tsx'
import { forumName } from './settings/forum-name.ts'

export async function generateMetadata(): Promise<Metadata> {
  const name = await forumName()
  return {
    title: { default: name, template: `%s · ${name}` },
    description: 'A small forum that shows what it cached, under which version, and when.',
  }
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <a href="#content" className="skip">
          Skip to the content
        </a>
        <Header />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <Footer />
      </body>
    </html>
  )
}
