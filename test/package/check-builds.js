'use strict';
// The tools of the table in docs/setup.md: each builds or runs the same small gateway, with the types of payloads as that tool needs
// them, and the payload must be checked.

const { cpSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** What the program prints: a valid payload, and one that is refused. */
const expected = 'valid {"text":"hi"}\ninvalid 422';

const tools = ['ts-node@^10.9.2', 'tsx@^4.20.0', '@swc/core@^1.13.0', '@swc/cli@^0.7.0'];

/** How each tool runs the program. `types` is whether it emits types of parameters. */
const ways = {
  'ts-node': { types: true, steps: [['ts-node', ['main.ts']]] },
  'ts-node, transpile-only': { types: true, steps: [['ts-node', ['--transpile-only', 'main.ts']]] },
  tsx: { types: false, steps: [['tsx', ['main.ts']]] },
  swc: {
    types: true,
    steps: [
      ['swc', ['main.ts', '-o', 'out/main.js']],
      ['node', ['out/main.js']],
    ],
  },
};

const swcrc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'commonjs' },
};

const program = (body) => `
import { Length } from 'class-validator';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { testGateway } from 'moleculer-socket-gateway/testing';

class NewMessage {
  @Length(1, 20) text!: string;
}

@SocketNamespace('/chat')
class ChatGateway extends SocketGateway {
  @SocketEvent()
  send(@MessageBody(${body}) message: NewMessage) {
    return message;
  }
}

async function main() {
  const chat = await testGateway(ChatGateway);
  const ann = await chat.connect();
  console.log('valid', JSON.stringify(await ann.emit('send', { text: 'hi' })));
  await ann.emit('send', { text: '' }).catch((error: { code: number }) => console.log('invalid', error.code));
  await chat.close();
}
void main();
`;

/**
 * Writes the program, and installs the tools beside an application in which the library is installed.
 *
 * @param run runs a program and returns its output
 */
exports.createBuilds = function createBuilds(application, run) {
  run(application, 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', ...tools]);
};

/** The names of the tools. */
exports.builds = Object.keys(ways);

/** Runs the program with one of the tools. */
exports.checkBuild = function checkBuild(application, name, run) {
  const { types, steps } = ways[name];
  const folder = join(application, `build-${name.replaceAll(/\W/g, '-')}`);
  cpSync(join(__dirname, 'app/tsconfig.json'), join(folder, 'tsconfig.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  writeFileSync(join(folder, '.swcrc'), JSON.stringify(swcrc));
  writeFileSync(join(folder, 'main.ts'), program(types ? '' : '{ type: NewMessage }'));
  let printed;
  for (const [tool, args] of steps) {
    const path = tool === 'node' ? process.execPath : join(application, 'node_modules/.bin', tool);
    printed = run(folder, path, args, 120_000);
  }
  if (printed !== expected) throw new Error(`printed:\n${printed}\nexpected:\n${expected}`);
};
