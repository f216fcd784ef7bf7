// The same random inputs for the same code, so that a red run is the fault of its change. `npm run fuzz` tries new ones.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_129) });
