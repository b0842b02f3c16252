import { expect } from 'chai';
import { RawClient } from '../support/raw-client';
import { describeAbuse, eachOf } from './abuse';

/** The numbers of the acks that have come, in their order. */
function answered(raw: RawClient, namespace: string): number[] {
  return raw.received.flatMap((message) => {
    const id = new RegExp(`^43${namespace},(\\d+)\\[`).exec(String(message))?.[1];
    return id === undefined ? [] : [Number(id)];
  });
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describeAbuse('floods', {}, (abused) => {
  for (const [what, data] of Object.entries({
    'of events': '["ping"]',
    'of events that nobody handles': '["nobody"]',
    'of events that are refused': '["note",{"text":5}]',
    'of calls': '["call","add",{"a":1,"b":2}]',
    'of calls of what there is not': '["call","math.nothing"]',
    'of calls that fail': '["call","session.login",{}]',
  })) {
    it(`${what} are answered, each once, and others are served meanwhile`, async () => {
      await abused().during(async () => {
        const raw = await RawClient.enter(abused());
        for (const id of numbers(2000)) raw.send(`42/x,${id}${data}`, `42/x,${data}`);
        await raw.ask(9999, '["ping"]');
        // What is pending at once has a limit, and is refused at once.
        while (answered(raw, '/x').length < 2001) await new Promise((resolve) => setTimeout(resolve, 10));
        expect(answered(raw, '/x').sort((a, b) => a - b)).to.deep.equal([...numbers(2000), 9999]);
      });
    });
  }

  it('of slow events fill the limit of their socket, and are refused beyond it', async () => {
    await abused().during(async () => {
      const raw = await RawClient.enter(abused());
      for (const id of numbers(3000)) raw.send(`42/x,${id}["slow"]`);
      while (answered(raw, '/x').length < 3000) await new Promise((resolve) => setTimeout(resolve, 10));
      const refused = raw.received.filter((message) => String(message).includes('TOO_MANY_PENDING'));
      expect(refused).to.have.length.within(1, 3000 - 256);
      expect((await raw.ask(9999, '["slow"]'))[0]).to.equal(null);
    });
  });

  it('of answers to nothing are nothing', async () => {
    await abused().during(async () => {
      const raw = await RawClient.enter(abused());
      for (const id of numbers(20_000)) raw.send(`43/x,${id}["x"]`);
      expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
    });
  });

  it('of connections that come and go', async () => {
    await abused().during(() =>
      eachOf(numbers(600), 60, async (number) => {
        const raw = await RawClient.open(abused());
        if (number % 3 === 0) raw.send('40/x,');
        if (number % 3 === 1) {
          raw.send('40/x,', '40/all,', '40/secret,', '40/io,');
          await raw.message('40/io,');
          expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
        }
        if (number % 2) raw.socket.terminate();
        else raw.socket.close();
        await raw.closed;
      }),
    );
  });

  it('of namespaces on one connection are refused beyond the limit, and end it', async () => {
    await abused().during(async () => {
      const raw = await RawClient.open(abused());
      for (const number of numbers(100)) raw.send(`40/tenants/${number},`);
      await raw.message('40/tenants/99,');
      expect((await abused().server.state()).tables.namespaces).to.equal(6 + 100);
      expect(await raw.ask(1, '["where"]', '/tenants/0')).to.deep.equal([null, '0']);
      for (const number of numbers(2000)) raw.send(`40/tenants/more-${number},`);
      await raw.closed;
      const refused = raw.received.map(String).filter((message) => message.startsWith('44/tenants/more-'));
      expect(refused).to.have.length(20);
      for (const message of refused) expect(message).to.include('TOO_MANY_NAMESPACES');
    });
  });

  it('of entering and leaving leave nothing behind, and no place taken', async () => {
    await abused().during(() =>
      eachOf(numbers(5), 5, async () => {
        const raw = await RawClient.open(abused());
        for (const number of numbers(300)) {
          const namespace = number % 2 ? '/x' : `/tenants/${number}`;
          raw.send(`40${namespace},`);
          await raw.message(`40${namespace},`);
          raw.send(`41${namespace},`);
          raw.received.length = 0;
        }
        for (const number of numbers(100)) raw.send(`40/tenants/again-${number},`);
        await raw.message('40/tenants/again-99,');
      }),
    );
  });

  it('of entering one namespace again and again end in one membership, or none', async () => {
    await abused().during(async () => {
      const raw = await RawClient.open(abused());
      for (let i = 0; i < 1000; i++) raw.send('40/x,');
      await Promise.race([raw.closed, raw.message('44/x,')]);
      const { tables } = await abused().server.state();
      expect(tables.sockets).to.be.at.most(101);
    });
  });

  it('of rooms are as many rooms, and go with their socket', async () => {
    await abused().during(async () => {
      const raw = await RawClient.enter(abused());
      for (const id of numbers(3000)) raw.send(`42/x,${id}["join","room ${id}"]`);
      while (answered(raw, '/x').length < 3000) await new Promise((resolve) => setTimeout(resolve, 10));
    });
  });
});
