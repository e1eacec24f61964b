import Link from 'next/link'
import styles from './layout/layout.module.css'

export default function NotFound() {
  return (
    <div className={styles.notice}>
      <h1>There is no such page</h1>
      <p>
        The address may be old, or what it showed was never here. <Link href="/">Go to the first page</Link>.
      </p>
    </div>
  )
}
