/** The release that the machine says it runs: the recorded host's. */
export const kernelRelease = '6.12.117+deb13-cloud-amd64';
