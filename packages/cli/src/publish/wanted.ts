import { isError, type Place, type Reading, TargetError, type Wanted } from '@claimsmith/core';

/** What a place should have according to the spec. */
export function wantedBySpec(place: Place): (reading: Reading) => Promise<Wanted> {
  return async (reading) => {
    const compilation = await place.compile();
    const errors = compilation.findings.filter(isError);
    if (errors.length > 0) {
      const message = `${place.name}: the spec cannot be compiled for this place: ${errors.map(({ message }) => message).join(' ')}`;
      throw new TargetError('settings', message);
    }
    return reading.want(compilation);
  };
}
