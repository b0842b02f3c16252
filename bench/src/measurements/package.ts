import { measurePackage } from '../measure/package-size';
import { measureRequiring } from '../measure/requiring';
import { toTable, type Row } from '../results';
import type { Measurement } from './measurement';

const ALONE = ['moleculer', 'socket.io'];
const REQUIRED = new Map([
  ['floor', ALONE],
  ['control', ALONE],
  ['gateway', [...ALONE, 'moleculer-socket-gateway']],
  ['moleculer-io', [...ALONE, 'moleculer-io']],
]);
const TITLES = new Map([
  ['floor', 'moleculer and socket.io'],
  ['control', 'moleculer and socket.io, once more'],
  ['gateway', 'and this library'],
  ['moleculer-io', 'and moleculer-io'],
]);

export const REQUIRE: Measurement = {
  name: 'require',
  daily: true,
  async run({ rounds }) {
    const samples = await measureRequiring(REQUIRED, rounds.lives * 4);
    return [
      toTable(
        { name: 'require', title: '`require` of the main entry', unit: 'ms CPU' },
        TITLES,
        samples,
        ({ cpu }) => cpu,
      ),
      toTable(
        { name: 'require-modules', title: 'Modules that it loads', unit: 'modules' },
        TITLES,
        samples,
        ({ modules }) => modules,
      ),
    ];
  },
};

export const PACKAGE: Measurement = {
  name: 'package',
  run() {
    const { packed, unpacked, files } = measurePackage();
    const row = (name: string, title: string, bytes: number): Row => {
      const size = Math.round(bytes / 1000);
      return { name, title, value: { median: size, low: size, high: size }, samples: [size] };
    };
    return [
      {
        name: 'package',
        title: 'The package',
        unit: 'kB',
        rows: [row('packed', 'as npm sends it', packed), row('unpacked', 'as it is installed', unpacked)],
        note: `${files} files.`,
      },
    ];
  },
};
