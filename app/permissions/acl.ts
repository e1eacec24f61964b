/** The permissions in a category. Without `see` there is no `read`, and without `read` no other. */
export const permissions = ['see', 'read', 'start', 'reply', 'moderate'] as const

export type Permission = (typeof permissions)[number]

/** The permissions of the group, by category. */
export type Acl = ReadonlyMap<number, ReadonlySet<Permission>>

export interface Node {
  readonly id: number
  readonly parentId: number | null
}

export interface RuleRow {
  readonly categoryId: number
  readonly permission: string
  readonly allowed: boolean
}

/**
 * Resolves what a group may do in every category: the nearest rule on the way up decides, what cannot be seen cannot
 * be read, and below a category that cannot be read nothing can be seen.
 */
export function resolveAcl(categories: readonly Node[], rules: readonly RuleRow[]): Acl {
  const byId = new Map(categories.map((category) => [category.id, category]))
  const ruled = new Map(rules.map((rule) => [`${rule.categoryId}:${rule.permission}`, rule.allowed]))
  const acl = new Map<number, ReadonlySet<Permission>>()

  const nearestRule = (category: Node, permission: Permission): boolean => {
    const own = ruled.get(`${category.id}:${permission}`)
    if (own !== undefined) return own
    const parent = parentOf(category)
    return parent ? nearestRule(parent, permission) : false
  }
  const parentOf = (category: Node) => (category.parentId === null ? undefined : byId.get(category.parentId))
  const resolve = (category: Node): ReadonlySet<Permission> => {
    const known = acl.get(category.id)
    if (known) return known
    const parent = parentOf(category)
    const ruledIn = permissions.filter((permission) => nearestRule(category, permission))
    const allowed = withPrerequisites(new Set(ruledIn), parent === undefined || resolve(parent).has('read'))
    acl.set(category.id, allowed)
    return allowed
  }
  for (const category of categories) resolve(category)
  return acl
}

function withPrerequisites(ruled: ReadonlySet<Permission>, reachable: boolean): ReadonlySet<Permission> {
  if (!reachable || !ruled.has('see')) return new Set()
  if (!ruled.has('read')) return new Set(['see'])
  return ruled
}
