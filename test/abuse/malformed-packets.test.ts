import { expect } from 'chai';
import fc from 'fast-check';
import { describeAbuse, eachOf } from './abuse';
import { NAMESPACES } from './abused-server';

/** What no client of Socket.IO would send; `#` stands for the namespace. */
const MALFORMED: string[] = [
  // Engine.IO: packets that are none, that only servers send, that are for other transports.
  '',
  '0',
  '0{}',
  '0{"sid":"x"}',
  '1',
  '3',
  '3probe',
  '2probe',
  '4',
  '5',
  '6',
  '7',
  '9',
  'x',
  '-1',
  ' 4',
  'b',
  'bAAAA',
  'b4MC8=',
  // Types of Socket.IO that there are not.
  '4-',
  '47',
  '48#,',
  '49#,[]',
  '4x',
  '4{"type":2}',
  '4[]',
  '4null',
  // Connects, disconnects, errors.
  '40',
  '40#',
  '40#,',
  '40#,[]',
  '40#,null',
  '40#,1',
  '40#,"x"',
  '40#,{',
  '40#,{"a":',
  '40,,',
  '40/',
  '40//',
  '40?x=1',
  '40/\u0000,',
  '40/%00,',
  '40/../x,',
  '40/x/../x,',
  '40\\x,',
  '41/nowhere,',
  '44#,',
  '44#,"error"',
  '44#,{"message":"error"}',
  '44#,{"data":{}}',
  // Events whose arguments are no array, or whose name is no name.
  '42#,',
  '42#,7',
  '42#,{}',
  '42#,{"0":"ping","length":1}',
  '42#,"ping"',
  '42#,null',
  '42#,true',
  '42#,1e5',
  '42#,[]',
  '42#,[[]]',
  '42#,[{}]',
  '42#,[null]',
  '42#,[true]',
  '42#,[["ping"]]',
  '42#,[',
  '42#,["ping"',
  '42#,["ping"]]',
  '42#,["ping",]',
  "42#,['ping']",
  '42#,["ping"] ',
  '42#, ["ping"]',
  '42#,\n["ping"]',
  '42#,7 ["ping"]',
  '42#,["ping",undefined]',
  '42#,["ping",NaN]',
  '42#,["\\ud800"]',
  '42#,["\ud800"]',
  '42#,["ping","\\u0000"]',
  // Ids of acks: huge, negative, broken, not numbers.
  '42#,-1["ping"]',
  '42#,1.5["ping"]',
  '42#,1e3["ping"]',
  '42#,0x10["ping"]',
  '42#,+1["ping"]',
  '42#,00000000000000000007["ping"]',
  '42#,9007199254740993["ping"]',
  `42#,${'9'.repeat(400)}["ping"]`,
  `42#,${'1'.repeat(10_000)}["ping"]`,
  '42#,Infinity["ping"]',
  '42#,NaN["ping"]',
  '42#,١["ping"]',
  // Names that Socket.IO keeps for itself.
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map(
    (name) => `42#,1["${name}"]`,
  ),
  // Acks for nothing, twice, for others, that are no arrays.
  '43#,',
  '43#,1',
  '43#,1{}',
  '43#,1"x"',
  '43#,["x"]',
  '43#,0["x"]',
  '43#,123456["x"]',
  '43#,-1["x"]',
  '43#,99999999999999999999["x"]',
  '43#,__proto__["x"]',
  '43#,constructor["x"]',
  '43/nowhere,1["x"]',
  // Of other namespaces, and none.
  '42["ping"]',
  '42/,["ping"]',
  '42/nowhere,["ping"]',
  '42/x["ping"]',
  '42/secret,["secret"]',
  '42#/,["ping"]',
  '42#?a=1,["ping"]',
];

describeAbuse('packets that are none', {}, (abused) => {
  it('close their own connection, or do nothing, in every namespace', async () => {
    const visits = NAMESPACES.flatMap((namespace) => MALFORMED.map((packet) => ({ namespace, packet })));
    await abused().during(() =>
      eachOf(visits, 20, async ({ namespace, packet }) => {
        const message = packet.replace('#', namespace);
        // Twice: whatever the first has left behind meets the second.
        const end = await abused().visit(namespace, [message, message]);
        expect(end, `${namespace} ${packet.slice(0, 40)}`).to.be.oneOf(['answered', 'closed']);
      }),
    );
  });

  it('are answered as what they are where they are packets after all', async () => {
    await abused().everywhere(async (namespace) => {
      for (const packet of ['42#,', '42#,7', '43#,123456["x"]', '43#,', '42#,["nobody"]']) {
        expect(await abused().visit(namespace, [packet.replace('#', namespace)]), packet).to.equal(
          'answered',
        );
      }
    });
  });

  it('let a client leave, whatever it says then, and come back', async () => {
    await abused().everywhere(async (namespace) => {
      const leaving = [
        `41${namespace},`,
        `41${namespace}`,
        `42${namespace},7["ping"]`,
        `43${namespace},7["x"]`,
      ];
      expect(await abused().visit(namespace, leaving, 300)).to.be.oneOf(['waiting', 'closed']);
      expect(await abused().visit(namespace, [`41${namespace},{}`])).to.equal('closed');
    });
  });

  it('are made by chance, too', async () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        ...[
          '4',
          '40',
          '42',
          '43',
          '45',
          '451-',
          '461-',
          '/x',
          '/all',
          ',',
          '1',
          '99',
          '-',
          '[',
          ']',
          '{',
          '}',
          '"',
          ':',
          '["ping"]',
          '["echo"',
        ],
        ...['{"_placeholder":true,"num":0}', 'null', '__proto__', '\\', '\u0000', '/'],
      ),
      fc.string({ maxLength: 5 }),
    );
    const texts = fc.array(pieces, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
    const conversations = fc.array(
      fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: bytes }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    const sample = fc.sample(
      fc.tuple(fc.constantFrom(...NAMESPACES), conversations),
      Number(process.env.RUNS ?? 1) * 300,
    );
    await abused().during(() =>
      eachOf(sample, 20, async ([namespace, messages]) => {
        expect(await abused().visit(namespace, messages)).to.be.oneOf(['answered', 'closed']);
      }),
    );
  });
});
