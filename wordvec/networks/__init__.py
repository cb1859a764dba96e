"""Layers put together: the CBOW and skip-gram networks, and the optimizers that train them."""

from wordvec.networks.cbow import CBOWNetwork
from wordvec.networks.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from wordvec.networks.skipgram import SkipGramNetwork

__all__ = ["SGD", "AdaGrad", "Adam", "CBOWNetwork", "Momentum", "Nesterov", "RMSprop", "SkipGramNetwork"]
