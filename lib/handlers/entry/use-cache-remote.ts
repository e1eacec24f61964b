export { default } from '#use-cache-remote'
