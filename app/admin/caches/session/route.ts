export { GET, POST } from 'next-cache-versions/admin/session'
