"""Attention: effective weights in closed form, Lipschitz bounds, certificates. See the README."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_attention.adapters import heads_of as heads_of
    from emlir_attention.certificates import (
        concentration_claim as concentration_claim,
        feature_claim as feature_claim,
        feature_witness as feature_witness,
    )
    from emlir_attention.delta import (
        DeltaRun as DeltaRun,
        delta_chunked as delta_chunked,
        delta_recurrence as delta_recurrence,
        unit as unit,
    )
    from emlir_attention.delta_effective import delta_weights as delta_weights
    from emlir_attention.features import hooked as hooked
    from emlir_attention.head import Head as Head, Norms as Norms, norms_at as norms_at
    from emlir_attention.layers import (
        heads_bound as heads_bound,
        image_radius as image_radius,
        layer_norm_bound as layer_norm_bound,
        linear_bound as linear_bound,
        residual as residual,
        then as then,
    )
    from emlir_attention.linear import (
        linear_recurrence as linear_recurrence,
        linear_weights as linear_weights,
    )
    from emlir_attention.lipschitz import (
        LocalBound as LocalBound,
        attention_bound as attention_bound,
        theorem3 as theorem3,
    )
    from emlir_attention.positions import (
        alibi_bias as alibi_bias,
        alibi_slopes as alibi_slopes,
        rotated as rotated,
    )
    from emlir_attention.recording import (
        Attended as Attended,
        Recording as Recording,
        record as record,
    )
    from emlir_attention.report import (
        AttentionReport as AttentionReport,
        attention_report as attention_report,
    )
    from emlir_attention.signed import SignedLog as SignedLog
    from emlir_attention.softmax import (
        softmax_weights as softmax_weights,
        weights_of_scores as weights_of_scores,
    )
    from emlir_attention.softmax_norm import jacobian_norm as jacobian_norm
    from emlir_attention.sources import (
        contributions as contributions,
        log_length as log_length,
        source_totals as source_totals,
    )
    from emlir_attention.verdicts import (
        Certified as Certified,
        Inconclusive as Inconclusive,
        certify as certify,
        lipschitz_claim as lipschitz_claim,
    )

_PARTS = {
    "adapters": "heads_of",
    "certificates": "concentration_claim feature_claim feature_witness",
    "sources": "contributions log_length source_totals",
    "delta": "DeltaRun delta_chunked delta_recurrence unit",
    "delta_effective": "delta_weights",
    "features": "hooked",
    "head": "Head Norms norms_at",
    "layers": "heads_bound image_radius layer_norm_bound linear_bound residual then",
    "linear": "linear_recurrence linear_weights",
    "lipschitz": "LocalBound attention_bound theorem3",
    "positions": "alibi_bias alibi_slopes rotated",
    "recording": "Attended Recording record",
    "report": "AttentionReport attention_report",
    "signed": "SignedLog",
    "softmax": "softmax_weights weights_of_scores",
    "softmax_norm": "jacobian_norm",
    "verdicts": "Certified Inconclusive certify lipschitz_claim",
}
__getattr__ = later(
    __name__,
    {name: f"emlir_attention.{part}" for part, names in _PARTS.items() for name in names.split()},
    extra="emlir[attention]",
)
