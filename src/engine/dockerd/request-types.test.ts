/** What the decoder of Docker 26.1.5 made of bodies for POST /containers/create. */
import { expect, test } from 'vitest';
import { decodeAs } from '../go-decoder.ts';
import { createShape } from './request-types.ts';

const decode = (text: string): unknown => decodeAs(createShape, JSON.parse(text));

test('a name may be written in any case, and of two the later counts', () => {
  expect(decode('{"image":"busybox","hostconfig":{"memory":6,"CAPADD":"NET_ADMIN"}}')).toEqual({
    Image: 'busybox',
    HostConfig: { Memory: 6, CapAdd: ['NET_ADMIN'] },
  });
  expect(decode('{"Image":"busybox","image":"other"}')).toEqual({ Image: 'other' });
});

test('fields that there are not are passed over, and null in a list is nothing', () => {
  expect(decode('{"Nosuch":1,"HostConfig":{"Nosuch":1},"Env":[null,"A=1"]}')).toEqual({
    Env: ['', 'A=1'],
    HostConfig: {},
  });
});

const host = 'HostConfig.HostConfig';
test.each([
  [
    '{"HostConfig":{"Devices":5}}',
    `number into Go struct field ${host}.Resources.Devices of type []container.DeviceMapping`,
  ],
  [
    '{"HostConfig":{"Devices":[{"PathOnHost":1}]}}',
    'number into Go struct field DeviceMapping.HostConfig.Resources.Devices.PathOnHost of type string',
  ],
  ['{"HostConfig":{"StorageOpt":[]}}', `array into Go struct field ${host}.StorageOpt of type map[string]string`],
  ['{"HostConfig":{"Cgroup":1}}', `number into Go struct field ${host}.Cgroup of type container.CgroupSpec`],
  [
    '{"HostConfig":{"IOMaximumIOps":-1}}',
    `number -1 into Go struct field ${host}.Resources.IOMaximumIOps of type uint64`,
  ],
  [
    '{"HostConfig":{"BlkioDeviceReadBps":[1]}}',
    `number into Go struct field ${host}.Resources.BlkioDeviceReadBps of type blkiodev.ThrottleDevice`,
  ],
  ['{"Shell":1}', 'number into Go struct field ContainerConfigWrapper.Config.Shell of type string'],
  [
    '{"NetworkingConfig":{"EndpointsConfig":{"bridge":{"Aliases":1}}}}',
    'number into Go struct field EndpointSettings.NetworkingConfig.EndpointsConfig.Aliases of type []string',
  ],
])('%s is refused', (body, words) => {
  expect(() => decode(body)).toThrow(`json: cannot unmarshal ${words}`);
});
