import { join } from 'node:path';
import { Runner } from 'moleculer';

/** Does what `npx moleculer-runner --config … --mask '**\/*.service.ts' services` does. */
function main() {
  console.log('Two gateways and a service, in samples/runner/services. Next, in another terminal:');
  console.log('  npm run sample -- runner try');
  const args = ['--config', join(__dirname, 'moleculer.config.ts'), '--mask', '**/*.service.ts'];
  void new Runner().start([process.execPath, 'moleculer-runner', ...args, join(__dirname, 'services')]);
}

if (require.main === module) main();
