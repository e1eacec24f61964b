import Link from 'next/link'
import { ActionForm } from '../form/action-form.tsx'
import { Field } from '../form/field.tsx'
import { Submit } from '../form/submit.tsx'
import { PageFrame } from '../layout/page-frame.tsx'
import { Panel } from '../layout/panel.tsx'
import { Receipt } from '../receipt/receipt.tsx'
import { addCategory, renameCategory } from './actions.ts'
import { countBelow, getCategories, pathTo } from './categories.ts'
import { Tree } from './tree.tsx'

export const metadata = { title: 'Categories' }
// Nothing streams in, so the page and its forms work without JavaScript.
export const instant = false

interface Props {
  searchParams: Promise<{ category?: string | string[] }>
}

export default async function CategoriesPage({ searchParams }: Props) {
  const [{ value: tree, receipt }, { category }] = await Promise.all([getCategories(), searchParams])
  const path = pathTo(Number(category), tree)
  const chosen = path.at(-1)
  const count = tree.reduce((sum, root) => sum + 1 + countBelow(root), 0)
  return (
    <PageFrame
      title="Categories"
      lead={`A tree of ${count} categories, read from Postgres and put together once. Choose one to rename it or to add another below it.`}
      aside={
        <>
          <Receipt of="The tree" receipt={receipt} />
          <Panel title={chosen ? path.map(({ name }) => name).join(' › ') : 'Add a category'} id="edit">
            {chosen ? (
              <ActionForm
                key={`rename-${chosen.id}`}
                id="rename"
                action={renameCategory}
                label={`Rename ${chosen.name}`}
              >
                <input type="hidden" name="category" value={chosen.id} />
                <Field name="name" label="New name" hint="2 to 60 characters" value={chosen.name} />
                <Submit>Rename</Submit>
              </ActionForm>
            ) : null}
            {path.length < 3 ? (
              <ActionForm key={`add-${chosen?.id}`} id="add" action={addCategory} label="Add a category">
                <input type="hidden" name="parent" value={chosen?.id ?? ''} />
                <Field
                  name="name"
                  label={chosen ? `Add below “${chosen.name}”` : 'Name of a new root'}
                  hint="2 to 60 characters"
                />
                <Submit>Add</Submit>
              </ActionForm>
            ) : null}
            {chosen ? <Link href="/categories">Choose none</Link> : null}
          </Panel>
        </>
      }
    >
      <Tree tree={tree} path={path} />
    </PageFrame>
  )
}
