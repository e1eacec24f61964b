import type { Socket } from 'node:net'
import { commandReader } from './commands.ts'
import type { Behaviour } from './hostile.ts'

type Answer = (command: string[]) => string | null | Error

/** Answers commands in the protocol of Redis. */
export function answerInRedis(answer: Answer): Behaviour {
  return (socket) => {
    const read = commandReader()
    socket.on('data', (chunk: Buffer) => {
      for (const command of read(chunk)) socket.write(replyOf(answer(command)))
    })
  }
}

function replyOf(answer: string | null | Error): string {
  if (answer === null) return '$-1\r\n'
  if (answer instanceof Error) return `-${answer.message}\r\n`
  return answer === 'OK' ? '+OK\r\n' : `$${Buffer.byteLength(answer)}\r\n${answer}\r\n`
}

/** Answers commands over REST, which come in one piece or with their body in the next. */
export function answerInHttp(answer: Answer): Behaviour {
  const itemOf = (command: string[]) => {
    const result = answer(command)
    return result instanceof Error ? { error: result.message } : { result }
  }
  return (socket) => {
    let request = ''
    socket.on('data', (chunk: Buffer) => {
      request += chunk
      const body = bodyOf(request)
      if (body === undefined) return
      request = ''
      const commands: string[] | string[][] = JSON.parse(body)
      const isPipeline = Array.isArray(commands[0])
      const items = (isPipeline ? (commands as string[][]) : [commands as string[]]).map(itemOf)
      const text = JSON.stringify(isPipeline ? items : items[0])
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
    })
  }
}

function bodyOf(request: string): string | undefined {
  const end = request.indexOf('\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(request)?.[1])
  return end >= 0 && request.length >= end + 4 + length ? request.slice(end + 4) : undefined
}

/** Writes the same bytes again and again, as fast as they are taken. */
export function flood(socket: Socket, bytes: string): void {
  const piece = Buffer.from(bytes.repeat(Math.ceil(65_536 / bytes.length)))
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', more)
  more()
}
