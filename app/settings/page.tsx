import { ActionForm } from '../form/action-form.tsx'
import { Field } from '../form/field.tsx'
import { Submit } from '../form/submit.tsx'
import { PageFrame } from '../layout/page-frame.tsx'
import { Receipt } from '../receipt/receipt.tsx'
import { saveSettings } from './actions.ts'
import { getSettings } from './settings.ts'

export const metadata = { title: 'Settings' }
// Nothing streams in, so the page and its forms work without JavaScript.
export const instant = false

export default async function SettingsPage() {
  const { value: settings, receipt } = await getSettings()
  return (
    <PageFrame
      title="Settings"
      lead="One small value that every page needs. The header above and the title of this tab come from the same entry."
      aside={<Receipt of="The settings" receipt={receipt} />}
    >
      <ActionForm id="settings" action={saveSettings} label="Settings">
        <Field name="forumName" label="Forum name" hint="1 to 60 characters" value={settings.forumName} />
        <Field
          name="welcome"
          label="Welcome"
          hint="Shown on the first page; at most 300 characters"
          value={settings.welcome}
          lines={3}
        />
        <Field
          name="postsPerPage"
          label="Posts per page"
          hint="5 to 100"
          value={String(settings.postsPerPage)}
          inputMode="numeric"
        />
        <Submit>Save settings</Submit>
      </ActionForm>
    </PageFrame>
  )
}
