export { default } from '#use-cache'
