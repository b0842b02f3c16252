'use strict';
// Is the entry `moleculer-io` of the packed library the mixin itself, and does TypeScript find its types?

const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { name: library } = require('../../package.json');

const entry = `${library}/moleculer-io`;

/** A service that was written for moleculer-io. */
const application = `
import { ServiceBroker } from 'moleculer';
import SocketIOService, { type IOServiceSchema, type IOSetting, type SocketMoleculerIO } from '${entry}';

const io: IOSetting = {
  namespaces: {
    '/': {
      authorization: true,
      events: {
        call: {
          whitelist: ['math.*'],
          onBeforeCall: async (ctx, socket, _action, _params, callOptions) => {
            callOptions.timeout = ctx.meta.$socketId === socket.id ? 5 : 50;
          },
          onAfterCall: async (_ctx, _socket, res) => res,
        },
        hello(this: SocketMoleculerIO<{ name: string }>, ack: (error: null, text: string) => void) {
          ack(null, 'hello ' + this.client.user?.name + ' from ' + this.$service.name);
        },
      },
    },
  },
};
export const schema: Partial<IOServiceSchema> = { mixins: [SocketIOService], settings: { port: 0, io } };
new ServiceBroker().createService({ name: 'io', mixins: [SocketIOService], settings: { port: 0, io } });
`;

const RESOLUTIONS = {
  node10: [
    '--module',
    'commonjs',
    '--moduleResolution',
    'node10',
    '--ignoreDeprecations',
    '6.0',
    '--esModuleInterop',
  ],
  'node16, CommonJS': ['--module', 'node16'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
};

/**
 * @param directory an application with the packed library
 * @param run runs a program in a folder, and returns its output
 */
exports.checkMoleculerIo = function (directory, run) {
  const script = `const { SocketIOService } = require('${library}');
    if (require('${entry}') !== SocketIOService) throw new Error('require gives something else');`;
  run(directory, process.execPath, ['-e', script]);
  const module = `import mixin from '${entry}'; import { SocketIOService } from '${library}';
    if (mixin !== SocketIOService) throw new Error('import gives something else');`;
  run(directory, process.execPath, ['--input-type=module', '-e', module]);

  for (const [resolution, options] of Object.entries(RESOLUTIONS))
    compile(directory, run, resolution, options);
  compile(directory, run, 'node16, ES module', ['--module', 'node16'], 'module');
};

function compile(directory, run, resolution, options, type = 'commonjs') {
  const folder = join(directory, `moleculer-io ${resolution}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  writeFileSync(join(folder, 'main.ts'), application);
  const tsc = join(directory, 'node_modules/typescript/bin/tsc');
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--types',
    'node',
    '--target',
    'es2022',
    '--ignoreConfig',
  ];
  run(folder, process.execPath, [tsc, ...strict, ...options, 'main.ts']);
}
