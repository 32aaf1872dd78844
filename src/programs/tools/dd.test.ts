import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

test('a block may be larger than what is read at once, and than a string can be', () => {
  const { sh } = stage();
  const { err, status } = sh(
    'dd if=/dev/zero of=/dev/null bs=1G count=2 status=noxfer; head -c 300M /dev/zero | wc -c',
  );
  expect(err).toBe('2+0 records in\n2+0 records out\n');
  expect(status).toEqual({ code: 0 });
});
