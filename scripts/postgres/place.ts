import { chmod, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { belongsToAnother, canEnter, isRoot, nobody, type Owner, ownerOf } from './owner.ts'
import { shadowOf } from './shadow.ts'

/** Where one embedded Postgres lives: the cluster in `data`, and beside it its logs and its port. */
export interface Place {
  folder: string
  data: string
  /** Who Postgres runs as; without one, the user who starts it. */
  owner?: Owner
}

/**
 * Postgres refuses to run as root, so root runs it as whoever the data belongs to already, or as `nobody`.
 */
export async function findPlace(dataFolder: string): Promise<Place> {
  await mkdir(dataFolder, { recursive: true }).catch((cause: unknown) => {
    throw new Error(
      `[cache-versions] The folder "${dataFolder}" cannot be made. Let this user write there, or set DATABASE_URL.`,
      { cause },
    )
  })
  // A running Postgres is recognised by this path, so it needs one spelling.
  const folder = await realpath(dataFolder)
  if (!isRoot()) return placeOfMine(folder)

  // Under a umask of 077 the new folder is closed to everybody else.
  await chmod(folder, 0o755)
  const place = placeOfAnother(folder)
  return canEnter(folder, place.owner) ? place : placeOfAnother(await shadowOf(folder))
}

function placeOfMine(folder: string): Place {
  const data = join(folder, 'data')
  const owner = ownerOf(data)
  if (owner && process.getuid && owner.uid !== process.getuid()) throw belongsToAnother(data, owner)
  return { folder, data }
}

function placeOfAnother(folder: string): Place & { owner: Owner } {
  const data = join(folder, 'data')
  return { folder, data, owner: ownerOf(data) ?? nobody() }
}
