// From lib, which is published beside dist: the compiler copies no stylesheets. Not from the page itself, whose types
// would name them.
// See docs/decisions/0035-the-styles-of-the-admin-page-are-files.md
import '../../../lib/admin/styles/base.css'
import '../../../lib/admin/styles/controls.css'
import '../../../lib/admin/styles/tables.css'
import '../../../lib/admin/styles/narrow.css'
import type { ReactNode } from 'react'

/** The root element of the page, with its styles. */
export function Root({ children }: { children: ReactNode }): ReactNode {
  return <div className="cv-root">{children}</div>
}
