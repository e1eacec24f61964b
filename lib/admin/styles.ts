/**
 * The look of the admin page. It brings its own colours and sets whatever an app's rules for plain elements are
 * likely to have set, so that it reads the same inside any layout; widths follow from the room it is given.
 */
export const styles = `
.cv-root {
  --cv-surface: #ffffff; --cv-raised: #ffffff; --cv-soft: #f5f7f9; --cv-line: #dfe4e9; --cv-edge: #828d99;
  --cv-text: #1a1f24; --cv-muted: #58636e; --cv-accent: #0a5cad; --cv-on-accent: #ffffff;
  --cv-bar: #4a8fd0; --cv-bar-none: #d5dbe1; --cv-changed: #fff6d8; --cv-changed-edge: #c98a00;
  --cv-done: #e8f5ec; --cv-done-edge: #2c8a4b; --cv-failed: #fdeceb; --cv-failed-edge: #c0352b;
  --cv-danger: #b3261e; --cv-on-danger: #ffffff; --cv-shadow: 0 8px 28px rgb(15 25 35 / 16%);
  --cv-mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  color-scheme: light dark; container: cv / inline-size; box-sizing: border-box;
  width: 100%; max-width: 76rem; margin: 0 auto; padding: 1.5rem; border-radius: 12px;
  background: var(--cv-surface); color: var(--cv-text);
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; text-align: start;
}
@media (prefers-color-scheme: dark) {
  .cv-root {
    --cv-surface: #14171a; --cv-raised: #1c2024; --cv-soft: #1b1f23; --cv-line: #2d343a; --cv-edge: #6f7b86;
    --cv-text: #e7eaed; --cv-muted: #9ba6b0; --cv-accent: #74b6ff; --cv-on-accent: #08192b;
    --cv-bar: #5fa3e6; --cv-bar-none: #353d44; --cv-changed: #322b12; --cv-changed-edge: #d9a520;
    --cv-done: #14291b; --cv-done-edge: #46a765; --cv-failed: #341a18; --cv-failed-edge: #e5635a;
    --cv-danger: #ff9d94; --cv-on-danger: #2b0805; --cv-shadow: 0 8px 28px rgb(0 0 0 / 55%);
  }
}
.cv-root *, .cv-root *::before, .cv-root *::after { box-sizing: border-box; }
.cv-root [hidden] { display: none !important; }
.cv-root :focus-visible { outline: 2px solid var(--cv-accent); outline-offset: 2px; }
.cv-hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}
.cv-h1, .cv-h2 { margin: 0; padding: 0; border: 0; color: inherit; font-family: inherit; letter-spacing: -0.01em; }
.cv-h1 { font-size: 1.5rem; font-weight: 650; line-height: 1.2; }
.cv-h2 { margin: 0 0 0.5rem; font-size: 1.0625rem; font-weight: 650; line-height: 1.3; }
.cv-text, .cv-hint, .cv-empty, .cv-who { margin: 0; color: inherit; font-size: inherit; }
.cv-hint, .cv-who { color: var(--cv-muted); font-size: 0.8125rem; }
.cv-empty { padding: 1rem 0; color: var(--cv-muted); }
.cv-code { padding: 0.1em 0.3em; border-radius: 4px; background: var(--cv-soft); color: var(--cv-text); font: 0.925em var(--cv-mono); }
.cv-link { display: inline-block; min-height: 24px; color: var(--cv-accent); text-decoration: underline; text-underline-offset: 3px; }
.cv-form { display: block; margin: 0; padding: 0; border: 0; background: none; }

.cv-header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; margin: 0 0 1rem; padding: 0; border: 0; background: none; }
.cv-who { display: flex; align-items: center; gap: 0.75rem; }
.cv-who b { color: var(--cv-text); font-weight: 600; overflow-wrap: anywhere; }

.cv-note { margin: 0 0 1rem; padding: 0.5rem 0.75rem; border: 0; border-inline-start: 3px solid; border-radius: 4px; color: var(--cv-text); overflow-wrap: anywhere; }
.cv-note-done { border-color: var(--cv-done-edge); background: var(--cv-done); font-variant-ligatures: none; }
.cv-note-failed { border-color: var(--cv-failed-edge); background: var(--cv-failed); }

.cv-tools { position: relative; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem 1rem; margin: 0 0 0.75rem; }
.cv-search { display: block; flex: 1 1 18rem; min-width: 0; }
.cv-filter { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.625rem; margin: 0; padding: 0; border: 0; background: none; }
.cv-filter .cv-input { flex: 0 1 16rem; min-width: 7rem; }
.cv-count { color: var(--cv-muted); font-size: 0.8125rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (scripting: enabled) { .cv-filter-submit.cv-button { display: none; } }
.cv-label { display: inline-block; margin: 0; color: var(--cv-text); font-size: 0.8125rem; font-weight: 600; }
.cv-optional { color: var(--cv-muted); font-weight: 400; }
.cv-input {
  width: 100%; height: 32px; min-height: 0; margin: 0; padding: 0 0.625rem; border: 1px solid var(--cv-edge); border-radius: 6px;
  background: var(--cv-surface); color: var(--cv-text); font: inherit; box-shadow: none; appearance: none;
}
.cv-button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.375rem; position: relative; width: auto; height: auto; min-height: 28px;
  margin: 0; padding: 0.1875rem 0.625rem; border: 1px solid var(--cv-edge); border-radius: 6px;
  background: var(--cv-raised); color: var(--cv-text); font: inherit; font-size: 0.8125rem; font-weight: 550; line-height: 1.3;
  text-transform: none; letter-spacing: normal; white-space: nowrap; cursor: pointer; box-shadow: none; appearance: none; user-select: none;
}
.cv-button:hover { border-color: var(--cv-accent); background: var(--cv-raised); color: var(--cv-accent); }
.cv-button:active { background: var(--cv-soft); }
.cv-button[aria-disabled='true'] { color: transparent; cursor: progress; }
.cv-button-primary { min-height: 34px; border-color: var(--cv-accent); background: var(--cv-accent); color: var(--cv-on-accent); }
.cv-button-danger { min-height: 34px; border-color: var(--cv-danger); background: var(--cv-danger); color: var(--cv-on-danger); }
.cv-button-primary:hover, .cv-button-danger:hover { color: var(--cv-on-accent); filter: brightness(1.12); border-color: transparent; }
.cv-button-primary:hover, .cv-button-primary:active { background: var(--cv-accent); }
.cv-button-danger:hover, .cv-button-danger:active { background: var(--cv-danger); color: var(--cv-on-danger); }
.cv-spinner {
  position: absolute; inset: 0; width: 14px; height: 14px; margin: auto; border: 2px solid var(--cv-accent); border-inline-end-color: transparent; border-radius: 50%;
}
.cv-button-danger .cv-spinner { border-color: var(--cv-on-danger); border-inline-end-color: transparent; }

.cv-all { flex: none; margin: 0; padding: 0; border: 0; background: none; }
.cv-summary { list-style: none; min-height: 32px; }
.cv-summary::-webkit-details-marker { display: none; }
.cv-summary::marker { content: ''; }
.cv-all[open] > .cv-summary { border-color: var(--cv-accent); color: var(--cv-accent); }
.cv-all-form {
  position: absolute; z-index: 2; inset-inline-end: 0; top: calc(100% + 0.375rem); display: grid; justify-items: start; gap: 0.625rem; width: min(25rem, 100%);
  margin: 0; padding: 1rem; border: 1px solid var(--cv-line); border-radius: 10px; background: var(--cv-raised); box-shadow: var(--cv-shadow);
}
.cv-all-form .cv-button { margin-top: 0.25rem; }
.cv-all-form .cv-label { margin-bottom: -0.375rem; }

.cv-table { display: table; table-layout: fixed; width: 100%; margin: 0; border: 0; border-collapse: collapse; border-spacing: 0; background: none; color: inherit; font: inherit; font-variant-numeric: tabular-nums; }
.cv-table th, .cv-table td { padding: 0.4375rem 1rem 0.4375rem 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; vertical-align: middle; text-transform: none; letter-spacing: normal; }
.cv-table thead th { padding-block: 0.375rem; border-bottom: 1px solid var(--cv-line); color: var(--cv-muted); font-size: 0.75rem; font-weight: 500; white-space: nowrap; }
.cv-table .cv-row > * { border-bottom: 1px solid var(--cv-line); }
.cv-table .cv-row > :first-child, .cv-table thead th:first-child { padding-inline-start: 0.625rem; }
.cv-table .cv-row > :last-child, .cv-table thead th:last-child { padding-inline-end: 0.625rem; }
.cv-table .cv-row:hover > * { background: var(--cv-soft); }
.cv-table .cv-name { font-weight: 600; overflow-wrap: anywhere; }
.cv-table .cv-at-action { text-align: end; }
.cv-caches thead th:nth-child(1), .cv-lines thead th:nth-child(2) { width: 17%; }
.cv-caches thead th:nth-child(2) { width: 7.5rem; }
.cv-caches thead th:nth-child(3) { width: 11.25rem; }
.cv-caches thead th:nth-child(4) { width: 12%; }
.cv-caches thead th:nth-child(6) { width: 9.25rem; }
.cv-caches thead th:nth-child(7) { width: 6.75rem; }
.cv-lines thead th:nth-child(1) { width: 17.25rem; }
.cv-lines thead th:nth-child(3) { width: 14.5rem; }
.cv-lines thead th:nth-child(4) { width: 17%; }
.cv-ago, .cv-exact, .cv-at-version, .cv-at-plot { white-space: nowrap; }
.cv-at-why, .cv-at-by { overflow-wrap: anywhere; }
.cv-table .cv-row-changed > *, .cv-table .cv-row-changed:hover > * { background: var(--cv-changed); }
.cv-row-changed > :first-child { box-shadow: inset 3px 0 0 var(--cv-changed-edge); }
.cv-table .cv-row-none td { padding: 1rem 0.625rem; color: var(--cv-muted); }
.cv-version { padding: 0; border: 0; background: none; color: inherit; font: 0.9286em var(--cv-mono); white-space: nowrap; font-variant-ligatures: none; }
.cv-swatch { display: inline-block; margin-inline-end: 0.4375rem; border-radius: 3px; vertical-align: -1.5px; }
.cv-was { display: block; padding-inline-start: calc(12px + 0.4375rem); color: var(--cv-muted); font: 0.75rem var(--cv-mono); }
.cv-ago { display: block; }
.cv-exact { display: block; color: var(--cv-muted); font-size: 0.75rem; }
.cv-lines .cv-ago, .cv-lines .cv-exact { display: inline-block; }
.cv-lines .cv-ago { min-width: 5.25rem; }
.cv-source { display: inline-block; margin-inline-start: 0.5rem; padding: 0 0.375rem; border: 1px solid var(--cv-line); border-radius: 4px; color: var(--cv-muted); font-size: 0.6875rem; line-height: 1.35; background: var(--cv-surface); }
.cv-caches .cv-actor { display: block; }
.cv-caches .cv-source { margin: 0.125rem 0 0; }
.cv-never, .cv-arrow { color: var(--cv-muted); }
.cv-plot { display: inline-flex; align-items: center; gap: 0.625rem; }
.cv-plot svg { display: block; }
.cv-bar { fill: var(--cv-bar); }
.cv-bar-none { fill: var(--cv-bar-none); }
.cv-total { min-width: 1.5rem; line-height: 1; }

.cv-log { margin: 2rem 0 0; padding: 0; border: 0; background: none; }
.cv-pages { display: flex; gap: 1.25rem; margin: 0.75rem 0 0; padding: 0 0.625rem; border: 0; background: none; }

.cv-door { display: grid; gap: 0.875rem; max-width: 24rem; margin: 0 auto; padding: 1.5rem 0; }
.cv-door .cv-note { margin: 0; }
.cv-door-form { display: grid; gap: 0.5rem; margin: 0; padding: 0; border: 0; background: none; }
.cv-door-form .cv-input { height: 36px; }
.cv-door-form .cv-button { justify-self: start; margin-top: 0.25rem; padding-inline: 1rem; }

@container cv (max-width: 56rem) {
  .cv-caches, .cv-caches tbody, .cv-lines, .cv-lines tbody { display: block; }
  .cv-table thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cv-table .cv-row { display: grid; gap: 0.25rem 0.75rem; align-items: center; padding: 0.75rem 0.5rem; border-bottom: 1px solid var(--cv-line); }
  .cv-table .cv-row > *, .cv-table .cv-row:hover > * { display: block; width: auto; padding: 0; border: 0; background: none; box-shadow: none; }
  .cv-table .cv-row > :first-child, .cv-table .cv-row > :last-child { padding-inline: 0; }
  .cv-table .cv-row:first-child { border-top: 1px solid var(--cv-line); }
  .cv-table .cv-row-changed, .cv-table .cv-row-changed:hover { background: var(--cv-changed); box-shadow: inset 3px 0 0 var(--cv-changed-edge); }
  .cv-table .cv-row-changed > *, .cv-table .cv-row-changed:hover > * { background: none; }
  .cv-caches .cv-row { grid-template: 'name version' auto 'time plot' auto 'by action' auto 'why action' auto / minmax(0, 1fr) auto; }
  .cv-caches .cv-row-none { display: block; }
  .cv-lines .cv-row { grid-template: 'name version' auto 'time by' auto 'why why' auto / minmax(0, 1fr) auto; }
  .cv-table .cv-name { grid-area: name; }
  .cv-table .cv-at-version { grid-area: version; justify-self: end; }
  .cv-at-time { grid-area: time; }
  .cv-at-plot { grid-area: plot; justify-self: end; }
  .cv-at-by { grid-area: by; }
  .cv-lines .cv-at-by { justify-self: end; text-align: end; }
  .cv-lines .cv-ago { min-width: 0; margin-inline-end: 0.375rem; }
  .cv-caches .cv-actor { display: inline; }
  .cv-caches .cv-source { margin: 0 0 0 0.5rem; }
  .cv-at-why { grid-area: why; }
  .cv-at-why:empty { display: none; }
  .cv-table .cv-at-action { grid-area: action; width: auto; justify-self: end; align-self: end; }
  .cv-table .cv-at-by, .cv-table .cv-at-why { color: var(--cv-muted); font-size: 0.8125rem; }
}
@container cv (max-width: 30rem) {
  .cv-tools > * { flex: 1 1 100%; }
  .cv-filter .cv-input { flex: 1 1 8rem; }
  .cv-summary { width: 100%; }
  .cv-all-form { width: 100%; }
  .cv-plot { gap: 0.375rem; }
  .cv-total { min-width: 1rem; text-align: end; }
}
@media (max-width: 30rem) { .cv-root { padding: 1rem; } }
@media (prefers-reduced-motion: no-preference) {
  .cv-row-changed { animation: cv-arrive 1.2s ease-out; }
  .cv-spinner { animation: cv-turn 0.7s linear infinite; }
  @keyframes cv-arrive { from { filter: saturate(2.2) brightness(0.94); } }
  @keyframes cv-turn { to { rotate: 1turn; } }
}
@media (forced-colors: active) {
  .cv-bar { fill: CanvasText; }
  .cv-row-changed { outline: 1px solid CanvasText; outline-offset: -1px; }
}
`
