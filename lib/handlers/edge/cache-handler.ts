/**
 * No handler, as in stock Next: the edge has neither files nor a way to Postgres. `next start` gives edge code the
 * cache of the server, with the handler of the server.
 *
 * See docs/decisions/0042-there-is-no-handler-on-the-edge.md
 */
export default undefined
