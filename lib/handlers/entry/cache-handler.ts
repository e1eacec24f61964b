/**
 * The file that the configuration names. Next loads it in Node, and bundles it into the proxy and into whatever runs on
 * the edge; package.json says which handler it is in each.
 *
 * See docs/decisions/0042-there-is-no-handler-on-the-edge.md
 */
export { default } from '#cache-handler'
