/**
 * No handler, as in stock Next: the edge has neither files nor a way to Postgres. Where `next start` runs edge code, it
 * hands it the cache of the server, with the handler of the server.
 *
 * See docs/decisions/0042-there-is-no-handler-on-the-edge.md
 */
export default undefined
