import type { BrokerOptions } from 'moleculer';

/** The options of the broker that moleculer-runner makes; `hotReload` is the same as its flag `--hot`. */
const config: BrokerOptions = { logLevel: 'info', hotReload: true };

export default config;
