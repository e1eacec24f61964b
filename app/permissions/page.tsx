import Link from 'next/link'
import { notFound } from 'next/navigation'
import { getCategories } from '../categories/categories.ts'
import { ActionForm } from '../form/action-form.tsx'
import { PageFrame } from '../layout/page-frame.tsx'
import { Receipt } from '../receipt/receipt.tsx'
import { setPermission } from './actions.ts'
import { Matrix } from './matrix.tsx'
import styles from './permissions.module.css'
import { getAcl, getGroups } from './permissions.ts'

export const metadata = { title: 'Permissions' }
// Nothing streams in, so the page and its forms work without JavaScript.
export const instant = false

interface Props {
  searchParams: Promise<{ group?: string | string[] }>
}

export default async function PermissionsPage({ searchParams }: Props) {
  const [{ value: groups }, { group: asked = '4' }] = await Promise.all([getGroups(), searchParams])
  const group = groups.find(({ id }) => String(id) === asked)
  if (!group) notFound()
  const [{ value: acl, receipt }, { value: tree }] = await Promise.all([getAcl(group.id), getCategories()])
  return (
    <PageFrame
      title="Permissions"
      lead={`What ${group.name} may do in each of ${acl.size} categories: the nearest rule on the way up the tree decides. Resolving that is the costly part, so it is done once for a group.`}
      aside={
        <>
          <Receipt of={`The permissions of ${group.name}`} receipt={receipt} />
          <p className={styles.note}>
            Its key holds two versions, because it is made from two things. Press a button in the table, or{' '}
            <Link href="/categories">rename a category</Link>: either way the next view computes it again.
          </p>
        </>
      }
    >
      <nav aria-label="Groups" className={styles.groups}>
        {groups.map(({ id, name }) => (
          <Link
            key={id}
            href={`/permissions?group=${id}`}
            aria-current={id === group.id ? 'true' : undefined}
            scroll={false}
          >
            {name}
          </Link>
        ))}
      </nav>
      <ActionForm
        key={group.id}
        id="permission"
        action={setPermission}
        label="Change a permission"
        hint="Press a cell to allow it or to forbid it."
      >
        <input type="hidden" name="group" value={group.id} />
        <Matrix group={group.name} tree={tree} acl={acl} />
      </ActionForm>
    </PageFrame>
  )
}
