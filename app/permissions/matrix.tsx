import type { CSSProperties } from 'react'
import type { Category } from '../categories/categories.ts'
import { type Acl, type Permission, permissions } from './acl.ts'
import styles from './permissions.module.css'

interface MatrixProps {
  group: string
  tree: readonly Category[]
  acl: Acl
}

/** In how many categories of each root the group may do what; each cell is a button that changes the root's rule. */
export function Matrix({ group, tree, acl }: MatrixProps) {
  return (
    <div className={styles.scroll}>
      <table className={styles.matrix}>
        <caption>Categories in which {group} may do something, at and below each root.</caption>
        <thead>
          <tr>
            <th scope="col">Root</th>
            {permissions.map((permission) => (
              <th key={permission} scope="col">
                {permission}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tree.map((root) => (
            <tr key={root.id}>
              <th scope="row">{root.name}</th>
              {permissions.map((permission) => (
                <td key={permission}>
                  <Cell root={root} permission={permission} acl={acl} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ root, permission, acl }: { root: Category; permission: Permission; acl: Acl }) {
  const ids = idsOf(root)
  const allowed = ids.filter((id) => acl.get(id)?.has(permission)).length
  const allowedInRoot = acl.get(root.id)?.has(permission) ?? false
  return (
    <button
      type="submit"
      name="change"
      value={`${root.id}:${permission}:${allowedInRoot ? 'no' : 'yes'}`}
      aria-label={`${allowed}/${ids.length}: ${permission} in ${root.name}`}
      aria-pressed={allowedInRoot}
      className={styles.cell}
      style={{ '--share': allowed / ids.length } as CSSProperties}
    >
      <span>{allowed}</span>
      <span className={styles.of}>/{ids.length}</span>
    </button>
  )
}

function idsOf(category: Category): number[] {
  return [category.id, ...category.below.flatMap(idsOf)]
}
