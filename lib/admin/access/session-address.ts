'use client'

import { usePathname } from 'next/navigation.js'

/** The session route as seen from the page, relative, so that it holds under a base path, which Next does not tell. */
export function useSessionAddress(): string {
  const pathname = usePathname()
  return `${pathname.slice(pathname.lastIndexOf('/') + 1)}/session`.replace(/^\//, '')
}
