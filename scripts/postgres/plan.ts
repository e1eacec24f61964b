import type { Place } from './place.ts'

/** What a keeper is told when it is started. */
export interface Plan {
  place: Place
  /** The program `postgres`. */
  program: string
  /** The port for a place that has none yet, if it is free. */
  port?: number
  durable: boolean
  /** How long Postgres runs on after the last client has gone. */
  graceSeconds: number
}
