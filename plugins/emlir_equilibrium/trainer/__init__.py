"""Training of ept's block, as a reference and a control."""

from emlir_equilibrium.trainer.checkpoints import (
    load_checkpoint as load_checkpoint,
    read_checkpoint as read_checkpoint,
    save_checkpoint as save_checkpoint,
)
from emlir_equilibrium.trainer.config import BARE as BARE, TrainerConfig as TrainerConfig
from emlir_equilibrium.trainer.controllers import Diverged as Diverged
from emlir_equilibrium.trainer.log import COLUMNS as COLUMNS, CsvLog as CsvLog, LogRow as LogRow
from emlir_equilibrium.trainer.text import Corpus as Corpus, sonnets as sonnets
from emlir_equilibrium.trainer.training import EPTrainer as EPTrainer
