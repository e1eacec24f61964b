/**
 * The file that the configuration names. Next loads it in Node, and bundles it into the proxy and into edge code;
 * `imports` in package.json select the handler for each.
 *
 * See docs/decisions/0042-there-is-no-handler-on-the-edge.md
 */
export { default } from '#cache-handler'
