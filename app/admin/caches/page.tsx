export * from 'next-cache-versions/admin/page'
export { default } from 'next-cache-versions/admin/page'
