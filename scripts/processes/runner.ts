/**
 * Calls back when the program that runs this script for somebody, tsx or a package manager, is gone: a killed
 * one takes nothing with it, and nobody would know that the script still runs. A script that was started by
 * itself may outlive its shell.
 */
export function whenRunnerIsGone(callback: () => void): void {
  const isRunByTsx = process.execArgv.some((argument) => argument.endsWith('preflight.cjs'))
  if (!isRunByTsx && process.env.npm_lifecycle_event === undefined) return

  const runner = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === runner) return
    clearInterval(watch)
    callback()
  }, 500)
  watch.unref()
}
