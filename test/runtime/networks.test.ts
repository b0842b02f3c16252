import { expect } from 'chai';
import { network } from '../../src/runtime/event/rate-limits';

/** Points are counted by these. */
describe('the network of an address', () => {
  const NETWORKS: Record<string, string> = {
    '203.0.113.7': '203.0.113.7',
    '::ffff:203.0.113.7': '203.0.113.7',
    '::FFFF:203.0.113.7': '203.0.113.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:db8:1:2::6': '2001:db8:1:2::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '2001:db8::1:2:3:4:5': '2001:db8:0:1::/64',
    '::1': '0:0:0:0::/64',
    '::': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
  };
  for (const [address, expected] of Object.entries(NETWORKS)) {
    it(`${address} is ${expected}`, () => {
      expect(network(address)).to.equal(expected);
    });
  }
});
