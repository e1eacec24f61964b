'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import styles from './layout.module.css'

const pages = [
  { href: '/settings', name: 'Settings' },
  { href: '/categories', name: 'Categories' },
  { href: '/permissions', name: 'Permissions' },
  { href: '/bans', name: 'Bans' },
  { href: '/static', name: 'Static' },
  { href: '/admin/caches', name: 'Caches' },
]

export function Navigation() {
  const path = usePathname()
  return (
    <nav aria-label="Pages" className={styles.navigation}>
      {pages.map(({ href, name }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  )
}
