import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { neonConfig, Pool } from '@neondatabase/serverless'
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws'

export interface NeonPool {
  readonly pool: Pool
  end(): Promise<void>
}

/** Opens a pool of Neon's driver, and the bridge to Postgres that its WebSockets need, as there is one at Neon. */
export async function neonPool(url: string): Promise<NeonPool> {
  const { hostname, port } = new URL(url)
  const bridge = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  bridge.on('connection', (socket) => {
    const messages = createWebSocketStream(socket)
    // Either side may close it.
    pipeline(messages, connect(Number(port || 5432), hostname), messages).catch(() => {})
  })
  await once(bridge, 'listening')
  Object.assign(neonConfig, {
    webSocketConstructor: WebSocket,
    wsProxy: `127.0.0.1:${(bridge.address() as AddressInfo).port}`,
    useSecureWebSocket: false,
    // This Postgres asks for no password, which the driver would send before it is asked.
    pipelineConnect: false,
  })
  const pool = new Pool({ connectionString: url, max: 2 })
  return {
    pool,
    async end() {
      await pool.end()
      bridge.close()
    },
  }
}
