"""Routes of the gallery."""

from django.urls import path

from studio.gallery import (
    board_views,
    compare_views,
    duel_views,
    link_views,
    palette_views,
    selection_views,
    views,
)

app_name = "gallery"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("palette/", palette_views.palette, name="palette"),
    path("pictures/<uuid:image>/star/", views.star, name="star"),
    path("pictures/<uuid:image>/keep/", views.keep, name="keep"),
    path("boards/", board_views.listed, name="boards"),
    path("boards/<uuid:pk>/", board_views.board, name="board"),
    path("boards/<uuid:pk>/change/", board_views.change, name="board_change"),
    path("boards/<uuid:pk>/delete/", board_views.delete, name="board_delete"),
    path("boards/<uuid:pk>/show/", board_views.show, name="board_show"),
    path("boards/<uuid:pk>/link/", link_views.board_link, name="board_link"),
    path("boards/<uuid:pk>/take-off/", board_views.take_off, name="take_off"),
    path("boards/<uuid:pk>/move/", board_views.move, name="move"),
    path("selection/board/", board_views.collect, name="collect"),
    path("selection/star/", selection_views.star_all, name="star_all"),
    path("selection/visibility/", selection_views.visibility, name="visibility"),
    path("selection/download/", selection_views.download, name="download"),
    path("selection/delete/", selection_views.delete, name="delete"),
    path("compare/", compare_views.compare, name="compare"),
    path("compare/these/", compare_views.choose, name="compare_these"),
    path("duels/", duel_views.duels, name="duels"),
    path("duels/start/", duel_views.start, name="start_duel"),
    path("duels/<uuid:pk>/", duel_views.duel, name="duel"),
    path("duels/<uuid:pk>/<int:number>/", duel_views.pair, name="pair"),
    path("duels/<uuid:pk>/<int:number>/vote/", duel_views.vote, name="vote"),
    path("duels/<uuid:pk>/<int:number>/<slug:side>", duel_views.duel_picture, name="duel_picture"),
    path("trash/", selection_views.trash, name="trash"),
    path("trash/restore/", selection_views.restore, name="restore"),
    path("trash/<uuid:image>/", selection_views.trash_picture, name="trash_picture"),
    path("searches/", views.save_search, name="save_search"),
    path("searches/<int:pk>/", views.change_search, name="change_search"),
]
