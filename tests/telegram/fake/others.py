"""What the bot asks about a chat and its files: who its admins are, and what a file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.telegram.fake.refusal import bad

if TYPE_CHECKING:
    from tests.telegram.fake.methods import World

_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info"),
    *("can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
)


def get_chat_administrators(world: World, given: dict[str, Any]) -> Any:
    """Return the admins of a group; it has those that a test put there."""
    chat = world.chats.get(given["chat_id"])
    if chat is None:
        raise bad("chat not found")
    if chat["type"] == "private":
        raise bad("there are no administrators in the private chat")
    rights = dict.fromkeys(_RIGHTS, False)
    admins = world.admins.get(chat["id"], [])
    return [{"status": "administrator", "user": user} | rights for user in admins]


def get_file(world: World, given: dict[str, Any]) -> Any:
    """Return where a file can be fetched."""
    content = world.files.get(given["file_id"])
    if content is None:
        raise bad("invalid file_id")
    name = given["file_id"]
    return {"file_id": name, "file_unique_id": name, "file_size": len(content), "file_path": f"documents/{name}"}
