'use client'

import { usePathname } from 'next/navigation.js'

/** Returns the session route relative to the page, so that it works under a base path, which Next does not tell. */
export function useSessionAddress(): string {
  const pathname = usePathname()
  return `${pathname.slice(pathname.lastIndexOf('/') + 1)}/session`.replace(/^\//, '')
}
