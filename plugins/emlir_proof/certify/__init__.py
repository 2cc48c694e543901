"""The prover that writes certificates: balls guess, rational arithmetic proves."""
