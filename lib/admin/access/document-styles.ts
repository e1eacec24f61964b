/**
 * The styles of a refused sign-in. A route cannot name the page's own stylesheet, which the app's bundler makes.
 *
 * See docs/decisions/0035-the-styles-of-the-admin-page-are-files.md
 */
export const documentStyles = `
:root {
  color-scheme: light dark;
  --around: #f3f5f7; --surface: #ffffff; --text: #1a1f24; --muted: #58636e; --edge: #828d99;
  --accent: #0a5cad; --on-accent: #ffffff; --failed: #fdeceb; --failed-edge: #c0352b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --around: #0b0d0f; --surface: #14171a; --text: #e7eaed; --muted: #9ba6b0; --edge: #6f7b86;
    --accent: #74b6ff; --on-accent: #08192b; --failed: #341a18; --failed-edge: #e5635a;
  }
}
* { box-sizing: border-box; }
body {
  display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--around); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
}
main { display: grid; gap: 0.875rem; width: min(26rem, 100vw); padding: 2.5rem 2rem; border-radius: 12px; background: var(--surface); }
h1 { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.01em; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: 3px; }
form { display: grid; gap: 0.5rem; justify-items: start; }
label { font-size: 0.8125rem; font-weight: 600; }
input { width: 100%; height: 36px; padding: 0 0.625rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--surface); color: inherit; font: inherit; }
button { min-height: 34px; margin-top: 0.25rem; padding: 0.1875rem 1rem; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); font: inherit; font-size: 0.8125rem; font-weight: 550; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.alert { padding: 0.5rem 0.75rem; border-inline-start: 3px solid var(--failed-edge); border-radius: 4px; background: var(--failed); }
.hint { color: var(--muted); font-size: 0.8125rem; }
`
