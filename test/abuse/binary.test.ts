import { expect } from 'chai';
import { RawClient } from '../support/raw-client';
import { describeAbuse, eachOf } from './abuse';
import { NAMESPACES } from './abused-server';

const BYTES = Buffer.from('bytes');
const place = (num: unknown): string => `{"_placeholder":true,"num":${JSON.stringify(num)}}`;

/** Binary events that go wrong; `#` stands for the namespace. */
const BROKEN: Record<string, (string | Buffer)[]> = {
  'attachments that never come': [`451-#,["echo",${place(0)}]`],
  'attachments of which the last never comes': [
    `453-#,["echo",${place(0)},${place(1)},${place(2)}]`,
    BYTES,
    BYTES,
  ],
  'a text in place of an attachment': [`451-#,["echo",${place(0)}]`, '42#,["ping"]'],
  'another binary event in place of an attachment': [
    `451-#,["echo",${place(0)}]`,
    `451-#,["echo",${place(0)}]`,
    BYTES,
  ],
  'more attachments than were announced': [`451-#,["echo",${place(0)}]`, BYTES, BYTES],
  'attachments that nobody announced': [BYTES],
  'attachments that nobody refers to': ['452-#,["echo"]', BYTES, BYTES],
  'one attachment that is referred to a thousand times': [
    `451-#,["echo",[${Array.from({ length: 1000 }, () => place(0)).join(',')}]]`,
    BYTES,
  ],
  'attachments in a wild order': [`453-#,["echo",${place(2)},${place(0)},${place(1)}]`, BYTES, BYTES, BYTES],
  'an empty attachment': [`451-#,["echo",${place(0)}]`, Buffer.alloc(0)],
  'no number of attachments': ['45-#,["echo"]'],
  'zero attachments': ['450-#,["echo"]'],
  'half an attachment': ['450.5-#,["echo"]'],
  'attachments below zero': ['45-1-#,["echo"]'],
  'attachments in another notation': ['450x1-#,["echo"]', BYTES],
  'infinitely many attachments': ['45Infinity-#,["echo"]'],
  'too many attachments': ['4511-#,["echo"]'],
  'far too many attachments': ['45999999999999999999-#,["echo"]'],
  'no dash': ['451#,["echo"]'],
  'a placeholder out of range': [`451-#,["echo",${place(1)}]`, BYTES],
  'a placeholder far out of range': [`451-#,["echo",${place(1e15)}]`, BYTES],
  'a placeholder below zero': [`451-#,["echo",${place(-1)}]`, BYTES],
  'half a placeholder': [`451-#,["echo",${place(0.5)}]`, BYTES],
  'a placeholder that is a text': [`451-#,["echo",${place('length')}]`, BYTES],
  'a placeholder that is every object': [`451-#,["echo",${place('__proto__')}]`, BYTES],
  'a placeholder that is nothing': [`451-#,["echo",${place(null)}]`, BYTES],
  'a placeholder of an object': [`451-#,["echo",${place({})}]`, BYTES],
  'a placeholder in place of the name': [`451-#,[${place(0)}]`, BYTES],
  'a placeholder in place of everything': [`451-#,${place(0)}`, BYTES],
  'a placeholder in an event that is not binary': [`42#,["echo",${place(0)}]`],
  'a name that is reserved': [`451-#,["disconnect",${place(0)}]`, BYTES],
  'an ack for nothing': [`461-#,1[${place(0)}]`, BYTES],
  'an ack whose attachments never come': [`461-#,1[${place(0)}]`],
  'a megabyte that nobody announced': [Buffer.alloc(900_000)],
  'more than a packet may have': [`451-#,["echo",${place(0)}]`, Buffer.alloc(2_000_000)],
  'attachments of nothing at all': ['451-'],
  'only a type': ['45'],
};

describeAbuse('binary packets', {}, (abused) => {
  it('that are broken end their own connection, or do nothing', async () => {
    const visits = NAMESPACES.flatMap((namespace) =>
      Object.entries(BROKEN).map(([what, messages]) => ({ namespace, what, messages })),
    );
    await abused().during(() =>
      eachOf(visits, 20, async ({ namespace, what, messages }) => {
        const said = messages.map((message) =>
          typeof message === 'string' ? message.replaceAll('#', namespace) : message,
        );
        // A text ends what waits for attachments.
        expect(await abused().visit(namespace, said), `${what} in ${namespace}`).to.be.oneOf([
          'answered',
          'closed',
        ]);
      }),
    );
  });

  it('that are whole arrive whole, whatever came before on other connections', async () => {
    await abused().during(async () => {
      for (let i = 0; i < 20; i++) {
        const broken = await RawClient.enter(abused());
        broken.send(`452-/x,["echo",${place(0)},${place(1)}]`, BYTES);
        const whole = await RawClient.enter(abused());
        whole.send(`451-/x,1["echo",${place(0)}]`, BYTES);
        expect(await whole.message('461-/x,1[')).to.equal(`461-/x,1[null,[${place(0)}]]`);
        await whole.ask(2, '["ping"]');
        expect(whole.received.filter((message) => typeof message !== 'string')).to.deep.equal([BYTES]);
        broken.socket.terminate();
        whole.socket.terminate();
      }
    });
  });

  it('that wait for attachments are forgotten with their connection', async () => {
    await abused().during(() =>
      eachOf(Array.from({ length: 100 }), 20, async () => {
        const raw = await RawClient.enter(abused());
        raw.send(`4510-/x,["echo",${place(0)}]`, ...Array.from({ length: 9 }, () => Buffer.alloc(100_000)));
        raw.socket.close();
        await raw.closed;
      }),
    );
  });
});
