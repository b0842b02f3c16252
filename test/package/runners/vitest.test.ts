import { SocketEvent, SocketGateway, SocketNamespace, MessageBody } from 'moleculer-socket-gateway';
import * as kit from 'moleculer-socket-gateway/testing';
import { describe, expect, it, vi } from 'vitest';
import { cases, timed } from './chat-gateway.js';

@SocketNamespace('/echo')
class EchoGateway extends SocketGateway {
  private readonly heard: string[] = [];

  @SocketEvent('echo')
  echo(@MessageBody({ type: String }) text: string) {
    this.heard.push(text);
    return this.heard;
  }
}

describe('the chat, in vitest', () => {
  for (const [name, run] of Object.entries<() => Promise<void>>(cases(kit))) it(name, run);
  it(
    'runs with fake timers',
    timed(kit, {
      install: () => vi.useFakeTimers(),
      advance: (ms: number) => vi.advanceTimersByTimeAsync(ms),
      restore: () => vi.useRealTimers(),
    }),
  );
  it('runs a decorated gateway', async () => {
    await using echo = await kit.testGateway(EchoGateway);
    const client = await echo.connect();
    expect(await client.emit('echo', 'a')).toEqual(['a']);
    await expect(client.emit('echo', 1)).rejects.toMatchObject({ code: 422 });
  });
});
