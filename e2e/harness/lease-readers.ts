export { type LeaseReaders, startLeaseReaders } from '../../lib/test/lease-readers.ts'
