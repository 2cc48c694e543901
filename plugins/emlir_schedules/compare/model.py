"""The model: a BERT classifier of 20,000 weights, made from a configuration."""

import torch
from transformers import BertConfig, BertForSequenceClassification

from emlir_schedules.compare.task import Task

HIDDEN, LAYERS, HEADS = 32, 2, 2
SPREAD = 0.05
"""The deviation of the first weights. BERT's own 0.02 is made for a width of 768, and here the
first 20 steps would show nothing."""


def classifier(task: Task, seed: int) -> torch.nn.Module:
    """Return a ``BertForSequenceClassification`` for two classes, its weights drawn by a seed.

    Nothing is downloaded. Dropout is off, so that training is a function of the seed alone;
    the state of torch's own random numbers is left as it was.
    """
    config = BertConfig(
        vocab_size=task.vocabulary,
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=2 * HIDDEN,
        max_position_embeddings=task.length,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=SPREAD,
        num_labels=2,
    )
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed GPUs too
        model: torch.nn.Module = BertForSequenceClassification(config)
    return model
