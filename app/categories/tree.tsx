import Link from 'next/link'
import styles from './categories.module.css'
import { type Category, countBelow } from './categories.ts'

/** The whole tree; the chosen category's root is open, the others open without JavaScript too. */
export function Tree({ tree, path }: { tree: readonly Category[]; path: readonly Category[] }) {
  const chosen = path.at(-1)?.id
  const open = path[0]?.id ?? tree[0]?.id
  return (
    <div className={styles.tree}>
      {tree.map((root) => (
        <details key={root.id} open={root.id === open} className={styles.root}>
          <summary className={styles.summary}>
            <span>{root.name}</span>
            <span className={styles.count}>{countBelow(root)} below</span>
          </summary>
          <p className={styles.choose}>
            <Choose category={root} chosen={chosen}>
              Change {root.name} itself
            </Choose>
          </p>
          <ul className={styles.branches}>
            {root.below.map((branch) => (
              <li key={branch.id}>
                <p className={styles.branch}>
                  <Choose category={branch} chosen={chosen} />
                </p>
                <ul className={styles.leaves}>
                  {branch.below.map((leaf) => (
                    <li key={leaf.id}>
                      <Choose category={leaf} chosen={chosen} />
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  )
}

interface ChooseProps {
  category: Category
  chosen: number | undefined
  children?: React.ReactNode
}

function Choose({ category, chosen, children }: ChooseProps) {
  return (
    <Link
      href={`/categories?category=${category.id}`}
      // Hundreds of links on one page; most are never followed.
      prefetch={false}
      scroll={false}
      aria-current={category.id === chosen ? 'true' : undefined}
    >
      {children ?? category.name}
    </Link>
  )
}
